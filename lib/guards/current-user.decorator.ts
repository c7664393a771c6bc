import { createParamDecorator, type ExecutionContext, type PipeTransform, type Type } from '@nestjs/common';
import { knownOperationIn, operationIn } from '../contexts/index.js';
import { subjectNameOf } from '../resources/index.js';
import type { Operation } from '../sessions/index.js';
import type { AuthContext } from '../strategy/index.js';

type Pipe = PipeTransform | Type<PipeTransform>;
/** Spelled out: what Nest infers names types that Nest 11 has not. */
type ParameterDecoratorMaker<Data = never> = (...dataOrPipes: (Data | Pipe)[]) => ParameterDecorator;

/**
 * The user that a guard or a middleware loaded: `@CurrentUser() user: User`. With a subject name, that resource's:
 * `@CurrentUser('admin')`. Null where nobody was loaded: with `@OptionalUser()` or `@Public()`, and where no guard is.
 */
export const CurrentUser: ParameterDecoratorMaker<string> = createParamDecorator(
  (subjectName: string | undefined, context: ExecutionContext): unknown => {
    const operation = knownOperationIn(context);
    if (operation === null) return null;
    return operation.users.get(subjectName ?? actorOf(operation)) ?? null;
  },
);

/** Whom a guard let in first; without a guard, whose sign-in a middleware found first. */
function actorOf({ actorName, signIn }: Operation): string {
  return actorName ?? (signIn === null ? '' : subjectNameOf(signIn.subject));
}

/** The sign-in in force (`SignIn`), or null: its id, when and by which methods somebody signed in. */
export const CurrentSignIn: ParameterDecoratorMaker = createParamDecorator(
  (_: undefined, context: ExecutionContext): unknown => {
    return knownOperationIn(context)?.signIn ?? null;
  },
);

/** The `AuthContext` of this request, for `AuthService`. Null in a context that is not supported yet. */
export const CurrentContext: ParameterDecoratorMaker = createParamDecorator(
  (_: undefined, context: ExecutionContext): AuthContext | null => operationIn(context),
);

/** The bearer token of this request, verified; null where the user was loaded by a cookie. */
export const CurrentToken: ParameterDecoratorMaker = createParamDecorator(
  (_: undefined, context: ExecutionContext): string | null => {
    return knownOperationIn(context)?.signIn?.token ?? null;
  },
);
