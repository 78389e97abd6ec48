import type { IncomingMessage } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { forbidden } from '../lib/http-error.ts';

/** What decides which origin is ours; a part of the settings. */
export interface OwnOrigin {
  publicUrl: URL | null;
  trustProxy: number;
}

/** These change nothing, here as everywhere. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site makes a browser send: a request that changes something comes from a page of our
 * own or, without any sign of a browser, from a program that brings a token and no cookie.
 * @throws HttpError 403
 */
export function sameOrigin(req: Request, _res: Response, next: NextFunction): void {
  if (!SAFE.has(req.method) && !isSameOrigin(req, req.app.locals.settings)) throw forbidden('errors.foreignOrigin');
  next();
}

/** Whether a request comes from one of our own pages, by what the browser says of it and no page can forge. */
export function isSameOrigin(request: IncomingMessage, own: OwnOrigin): boolean {
  const { origin, referer, authorization, cookie, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin !== undefined) return isOwnOrigin(request, own);
  if (referer !== undefined) return originOf(referer) === ownOrigin(request, own);
  return cookie === undefined && /^Bearer /i.test(authorization ?? '');
}

/** Whether the Origin that a request names is ours; not where it names none. */
export function isOwnOrigin(request: IncomingMessage, own: OwnOrigin): boolean {
  const { origin } = request.headers;
  return origin !== undefined && origin === ownOrigin(request, own);
}

/** The address that people use, or else the one that this request was sent to. */
export function ownOrigin(request: IncomingMessage, { publicUrl, trustProxy }: OwnOrigin): string {
  if (publicUrl) return publicUrl.origin;
  return originOf(`${protocolOf(request, trustProxy)}://${request.headers.host ?? ''}`) ?? 'of no host';
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

/** Scheme, host and port, in one spelling. @returns null for anything that is no web address, `null` among it */
function originOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { origin, protocol } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? origin : null;
}
