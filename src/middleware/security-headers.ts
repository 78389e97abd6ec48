import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * The policy of every answer: everything comes from here, no inline script or style but for the one that
 * Turbo writes for its progress bar.
 * @param https people come by https: only then may browsers be told to insist on it
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
