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
      // With helmet's own 'no-referrer' Chromium posts forms with `Origin: null`, which the same-origin rule refuses.
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

/** Nothing that is rendered for one person may be kept by a cache or shown again after signing out. */
export const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'no-store');
  next();
};

/**
 * For a page whose address is a secret: no request that the page makes carries it, not even one to us. Not
 * `no-referrer`, with which forms come from `Origin: null`: over http there is nothing else to know them by.
 */
export const hideAddress: RequestHandler = (_req, res, next) => {
  res.setHeader('Referrer-Policy', 'strict-origin');
  next();
};
