import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { hasFreshSecondFactor, hasSecondFactor, isFresh } from '../sessions/index.js';
import type { SignIn } from '../strategy/index.js';
import { demandsOf } from './demands.js';

/** Where `@RequireFresh()` and `@RequireSecondFactor()` keep what they were told. */
export const ASSURANCE = 'nest-auth-plug:assurance';

/** The member of a route in an OpenAPI document that says what it asks for beyond a sign-in. */
export const REQUIRED_ASSURANCE = 'x-step-up';

/** What a route asks of a sign-in, beyond being one. */
export interface AssuranceRule {
  /** How long ago it may have been shown; `fresh` for what the resource calls so, null for any age. */
  readonly withinSeconds: number | 'fresh' | null;
  /** A second factor, and not just anything. */
  readonly secondFactor: boolean;
}

/** What several rules come to. */
export interface Assurance {
  /** How long ago something may have been shown; null for any age. */
  readonly maxAgeSeconds: number | null;
  /** Whether a second factor is asked for, and not just anything. */
  readonly secondFactor: boolean;
}

export function assuranceRulesOf(reflector: Reflector, context: ExecutionContext): readonly AssuranceRule[] {
  return demandsOf<AssuranceRule>(ASSURANCE, reflector, context);
}

/** @param freshSeconds what the resource calls fresh */
export function isAssured(signIn: SignIn, rules: readonly AssuranceRule[], freshSeconds: number, now: Date): boolean {
  return rules.every((rule) => {
    const maxAge = maxAgeOf(rule, freshSeconds);
    if (!rule.secondFactor) return maxAge === null || isFresh(signIn, maxAge, now);
    return maxAge === null ? hasSecondFactor(signIn) : hasFreshSecondFactor(signIn, maxAge, now);
  });
}

/** One that meets them all. */
export function assuranceOf(rules: readonly AssuranceRule[], freshSeconds: number): Assurance {
  const ages = rules.map((rule) => maxAgeOf(rule, freshSeconds)).filter((age) => age !== null);
  return {
    maxAgeSeconds: ages.length === 0 ? null : Math.min(...ages),
    secondFactor: rules.some(({ secondFactor }) => secondFactor),
  };
}

function maxAgeOf({ withinSeconds }: AssuranceRule, freshSeconds: number): number | null {
  return withinSeconds === 'fresh' ? freshSeconds : withinSeconds;
}
