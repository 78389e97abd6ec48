import type { Router } from 'express';

interface Layer {
  /** Its mount path. */
  rawPath: string;
  route?: { path: string; methods: Record<string, boolean> };
  handle: Partial<Router>;
}

/** All routes of a router and its nested routers, as upper-case method and path; `all()` handlers are left out. */
export function routesOf(router: Partial<Router>, at = ''): [method: string, path: string][] {
  return ((router.stack ?? []) as unknown as Layer[]).flatMap(({ rawPath, route, handle }) =>
    route
      ? Object.keys(route.methods)
          .filter((method) => method !== '_all')
          .map((method): [string, string] => [method.toUpperCase(), at + route.path])
      : routesOf(handle, at + (rawPath === '/' ? '' : rawPath)),
  );
}
