/** The token under which a module keeps its {@link AuthCore}. */
export const AUTH_CORE = Symbol('nest-auth-plug AuthCore');
