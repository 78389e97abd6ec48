import type { Router } from 'express';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle: Partial<Router>;
}

/** Every route of a router and of those in it, as method in capitals and path. */
export function routesOf(router: Partial<Router>): [method: string, path: string][] {
  return ((router.stack ?? []) as unknown as Layer[]).flatMap(({ route, handle }) =>
    route ? Object.keys(route.methods).map((method): [string, string] => [method.toUpperCase(), route.path]) : routesOf(handle));
}
