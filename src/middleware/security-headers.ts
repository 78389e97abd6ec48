import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Content Security Policy and friends: everything from our origin, no inline script, and no inline style but the one that
 * Turbo adds for its progress bar.
 * @param https whether to send HSTS
 * @param styleHash of Turbo's progress bar, as `sha256-…`; null before the first build
 */
export function securityHeaders({ https, styleHash }: { https: boolean; styleHash: string | null }): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", ...(styleHash ? [`'${styleHash}'`] : [])],
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
