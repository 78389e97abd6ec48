import type { Router } from 'express';

interface Layer {
  /** Where it is mounted. */
  rawPath: string;
  route?: { path: string; methods: Record<string, boolean>; stack: { handle: Partial<Router> }[] };
  handle: Partial<Router>;
}

/** Every route of a router and its nested routers, also of one behind `all`, as uppercase method and path. */
export function routesOf(router: Partial<Router>, at = ''): [method: string, path: string][] {
  return ((router.stack ?? []) as unknown as Layer[]).flatMap(({ rawPath, route, handle }) =>
    route
      ? route.methods._all
        ? route.stack.flatMap((layer) => routesOf(layer.handle, at))
        : Object.keys(route.methods).map((method): [string, string] => [method.toUpperCase(), at + route.path])
      : routesOf(handle, at + (rawPath === '/' ? '' : rawPath)),
  );
}
