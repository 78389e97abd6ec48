import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Turbo inserts one style element, for its progress bar. A nonce would have to stay the same for as long as Turbo keeps
 * the page. test/browser/progress-bar.test.ts fails with the new hash when a version of Turbo changes the style.
 */
const TURBO_STYLE_HASH = 'sha256-WAyOw4V+FqDc35lQPyRADLBWbuNK8ahvYEaQIYF1+Ps=';

/**
 * The content security policy and related headers of every response: everything comes from this origin, no inline
 * script, no inline style but Turbo's.
 * @param https the public address is https; only then are browsers told to insist on it
 */
export function securityHeaders({ https }: { https: boolean }): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", `'${TURBO_STYLE_HASH}'`],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          ...(https && { upgradeInsecureRequests: [] }),
        },
      },
      // With helmet's default, 'no-referrer', Chromium posts forms with `Origin: null`, which sameOrigin rejects.
      referrerPolicy: { policy: 'same-origin' },
      strictTransportSecurity: https ? { maxAge: 365 * 24 * 60 * 60 } : false,
      xFrameOptions: { action: 'deny' },
    }),
    (_req, res, next) => {
      res.setHeader('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
      next();
    },
  ];
}

/** Pages are personal: no cache may keep them, and Back must not show them after signing out. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'no-store');
  next();
};

/**
 * For pages whose address contains a token: keeps it out of every Referer, also of requests to us. `no-referrer` would
 * post forms with `Origin: null`, which over http leaves sameOrigin nothing to check.
 */
export const hideAddress: RequestHandler = (_req, res, next) => {
  res.setHeader('Referrer-Policy', 'strict-origin');
  next();
};
