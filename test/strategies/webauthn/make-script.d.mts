export function scriptFile(): string;
