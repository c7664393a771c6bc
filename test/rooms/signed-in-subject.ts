import { SignInRequired, type AuthContext, type Subject } from 'nest-auth-plug';

/** Whoever a phase of actor `user` is for. */
export function signedInSubject({ signIn }: AuthContext): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}
