import type { RequestHandler, NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import type { IncomingMessage } from 'node:http';
import type { Settings } from '../config/env.ts';
import { forbidden } from '../lib/http-error.ts';

/**
 * Turbo inserts one style element, for its progress bar. A nonce would have to stay the same for as long as Turbo keeps
 * the page. test/browser/progress-bar.test.ts fails with the new hash when a version of Turbo changes the style.
 */
const TURBO_STYLE_HASH = 'sha256-WAyOw4V+FqDc35lQPyRADLBWbuNK8ahvYEaQIYF1+Ps=';

/**
 * The content security policy and related headers of every response: everything comes from this origin, no inline
 * script, no inline style but Turbo's.
 * @param https the public address is https; only then are browsers told to insist on it
 * @param hstsSubdomains for the subdomains of its host too, which are not ours to speak for unless the operator says so
 */
export function securityHeaders({
  https,
  hstsSubdomains,
}: Pick<Settings, 'https' | 'hstsSubdomains'>): RequestHandler[] {
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
      strictTransportSecurity: https ? { maxAge: 365 * 24 * 60 * 60, includeSubDomains: hstsSubdomains } : false,
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

/** The settings that define our origin. */
export interface OwnOrigin {
  publicUrl: URL | null;
  trustProxy: number;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * CSRF protection: requests other than GET, HEAD and OPTIONS must come from one of our pages, or from a program that
 * sends a bearer token and no cookie.
 * @throws HttpError 403
 */
export function sameOrigin(req: Request, _res: Response, next: NextFunction): void {
  if (!SAFE.has(req.method) && !isSameOrigin(req, req.app.locals.settings)) throw forbidden('errors.foreignOrigin');
  next();
}

/** Whether a request comes from one of our pages, by headers that a page cannot forge. */
export function isSameOrigin(request: IncomingMessage, own: OwnOrigin): boolean {
  const { origin, referer, authorization, cookie, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin !== undefined) return isOwnOrigin(request, own);
  if (referer !== undefined) return originOf(referer) === ownOrigin(request, own);
  return cookie === undefined && /^Bearer /i.test(authorization ?? '');
}

/** The token of an Authorization header; undefined without one. */
export const bearerToken = (authorization = ''): string | undefined =>
  /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];

/** Whether the request's Origin is ours; false without one. */
export function isOwnOrigin(request: IncomingMessage, own: OwnOrigin): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin === ownOrigin(request, own);
}

/** PUBLIC_URL's origin, or else the one that this request was sent to. */
export function ownOrigin(request: IncomingMessage, { publicUrl, trustProxy }: OwnOrigin): string {
  if (publicUrl) return publicUrl.origin;
  return originOf(`${protocolOf(request, trustProxy)}://${request.headers.host ?? ''}`) ?? 'invalid host';
}

function protocolOf({ headers, socket }: IncomingMessage, trustProxy: number): string {
  const forwarded =
    trustProxy > 0
      ? String(headers['x-forwarded-proto'] ?? '')
          .split(',', 1)[0]
          ?.trim()
      : '';
  if (forwarded === 'http' || forwarded === 'https') return forwarded;
  return 'encrypted' in socket ? 'https' : 'http';
}

/** Normalizes an origin. @returns null for anything but an http or https address, such as `null` */
function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { origin, protocol } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? origin : null;
}
