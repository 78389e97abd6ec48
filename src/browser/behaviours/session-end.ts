import type { SessionEnd } from '../../shared/events.ts';
import { forgetOutbox } from '../outbox/outbox.ts';
import { forgetDrafts } from './drafts.ts';
import { isLeaving } from './submit-once.ts';

/** Goes to the sign-in page, which gives the reason and returns here afterwards. */
export function leaveForSignIn(reason: SessionEnd): void {
  // Otherwise the same person comes back to what they typed.
  if (reason === 'signed_out' || reason === 'disabled') {
    forgetDrafts();
    forgetOutbox();
  }
  // The tab that signs out is navigating already; its response deletes the cookie.
  if (isLeaving()) return;
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}&notice=${reason}`);
}
