// Writes lib/strategies/webauthn/webauthn.script.ts: node test/strategies/webauthn/make-script.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';

const ROOM = 'lib/strategies/webauthn';

/** The client as one script: JavaScript without comments, imports and exports. */
export function scriptText() {
  return ['passkeys', 'forms'].map((name) => plainScript(readFileSync(`${ROOM}/client/${name}.ts`, 'utf8'))).join('');
}

function plainScript(source) {
  const [target, module] = [ts.ScriptTarget.ES2022, ts.ModuleKind.ESNext];
  const compilerOptions = { target, module, removeComments: true, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  return outputText.replaceAll(/^import .*\n/gm, '').replaceAll(/^export (?=class|function|async)/gm, '');
}

export function scriptFile() {
  const text = scriptText().replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${');
  return `/** Made of \`client/\` by test/strategies/webauthn/make-script.mjs: what runs in browsers without a bundler. */\nexport const SCRIPT = \`${text}\`;\n`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(`${ROOM}/webauthn.script.ts`, scriptFile());
