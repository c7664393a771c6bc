export { columnNameOf } from './column-name.js';
export type {
  Column,
  ColumnType,
  DataLayer,
  DataLayerAdapter,
  Model,
  OpenDataLayer,
  Page,
  Row,
  Scalar,
  SignInJoin,
  Where,
} from './data-layer.js';
export { defineResource } from './define-resource.js';
export type { AnyResource, DefineTypedResource, Resource, TypedResource } from './define-resource.js';
export { isSecondFactorPolicy } from './resource.options.js';
export type {
  ClaimsOf,
  ResourceLimits,
  ResourceOptions,
  SecondFactorPolicy,
  SecondFactorPolicyOf,
  SessionOptions,
} from './resource.options.js';
export type { ResourceField } from './user-model.js';
export { canonicalIdentity, isIdentity, maskEmail } from './identity.js';
export type { FieldKind } from './identity.js';
export { keyOf, subjectNameOf, subjectOf } from './subject.js';
export { rowReader } from './row-reader.js';
export type { RowReader } from './row-reader.js';
export { nobodysKey } from './key.js';
export type { KeyFieldOption, ResourceKey } from './key.js';
export type { KeyField, KeyKind, Subject } from './subject.js';
export { textOf } from './text-of.js';
