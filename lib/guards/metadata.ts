import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'nest-auth-plug:public';
export const OPTIONAL_USER = 'nest-auth-plug:optional-user';

/** Guards of this library let everybody through, and load nobody. On a route or a controller. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Guards of this library load whoever is signed in, and let everybody through. On a route or a controller. */
export const OptionalUser = (): MethodDecorator & ClassDecorator => SetMetadata(OPTIONAL_USER, true);
