import type { Router } from 'express';

interface Layer {
  /** Where it is mounted. */
  rawPath: string;
  route?: { path: string; methods: Record<string, boolean> };
  handle: Partial<Router>;
}

/** Every route of a router and of those in it, as method in capitals and path; what refuses every other method is none. */
export function routesOf(router: Partial<Router>, at = ''): [method: string, path: string][] {
  return ((router.stack ?? []) as unknown as Layer[]).flatMap(({ rawPath, route, handle }) =>
    route
      ? Object.keys(route.methods)
          .filter((method) => method !== '_all')
          .map((method): [string, string] => [method.toUpperCase(), at + route.path])
      : routesOf(handle, at + (rawPath === '/' ? '' : rawPath)),
  );
}
