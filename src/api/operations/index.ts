import type { Operation } from '../operation.ts';
import { login, logout } from './tokens.ts';

/** The API's table of contents. */
export const operations: readonly Operation[] = [
  login, logout,
];
