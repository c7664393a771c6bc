import { countersModel } from '../limits/index.js';
import type { Model } from '../resources/index.js';
import { signInsModel, spentFlowsModel, subjectsModel } from '../sessions/index.js';
import { tokensModel } from '../tokens/index.js';
import type { OtpApp } from './otp-app.js';

/** Every table that an app needs: the framework's own, those of its users, and those that rooms bring. */
export function modelsOf(app: OtpApp): readonly Model[] {
  const own = [subjectsModel, signInsModel, spentFlowsModel, tokensModel, countersModel];
  const users = app.resources.map(({ model }) => model);
  const brought = app.resources.flatMap(({ rooms }) => rooms.flatMap((room) => room.models ?? []));
  return [...own, ...users, ...new Map(brought.map((model) => [model.table, model])).values()];
}
