import type { DataLayerAdapter, OpenDataLayer } from 'nest-auth-plug';

/** One store for several apps, one after the other: what is kept while an app is restarted. */
export function keepOpen(inner: DataLayerAdapter): DataLayerAdapter {
  let opened: Promise<OpenDataLayer> | null = null;
  return {
    ...inner,
    async open(models) {
      opened ??= inner.open(models);
      return withoutClose(await opened);
    },
  };
}

function withoutClose(layer: OpenDataLayer): OpenDataLayer {
  return new Proxy(layer, {
    get(target, name): unknown {
      if (name === 'close') return () => Promise.resolve();
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
