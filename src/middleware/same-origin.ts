import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { forbidden } from '../lib/http-error.ts';

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
