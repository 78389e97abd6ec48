import type { AuditRecord } from '../models/audit/queries.ts';
import type { Translate } from '../shared/translations.ts';

/** An entry in words, as `views/admin/audit/index.pug` shows it. */
export interface ToldEntry {
  id: number;
  what: string;
  who: string;
  /** Null where it is who did it, or nobody. */
  whom: string | null;
  /** What else there is to know, one sentence or name each. */
  notes: string[];
  address: string | null;
  createdAt: string;
}

export function tellEntry(entry: AuditRecord, { t }: { t: Translate }): ToldEntry {
  const { id, action, actorId, userId, userName, userEmail, address, createdAt } = entry;
  return {
    id,
    what: t(`admin.audit.actions.${action}`),
    who: nameOfActor(entry, t),
    whom:
      userId === null || userId === actorId
        ? null
        : userEmail === null
          ? t('admin.audit.gone', { id: userId })
          : `${userName ?? ''} (${userEmail})`,
    notes: notesOf(entry, t),
    address,
    createdAt: createdAt.toISOString(),
  };
}

function nameOfActor({ actorId, actorName, details }: AuditRecord, t: Translate): string {
  if (actorId !== null) return actorName ?? t('admin.audit.gone', { id: actorId });
  return t(details.by === 'operator' ? 'admin.audit.operator' : 'admin.audit.nobody');
}

const REASONS = ['unknown', 'password', 'disabled', 'throttled'];

/** How each detail is told; what is not among them stands as it is, under its name. */
const tellings: Record<string, (value: string, t: Translate) => string> = {
  by: (by, t) => (by === 'api' ? t('admin.audit.byApi') : ''),
  reason: (reason, t) => (REASONS.includes(reason) ? t(`admin.audit.why.${reason}`) : reason),
  note: (note, t) => t('admin.audit.note', { note }),
  role: (role, t) => (role === 'owner' || role === 'member' ? t(`teams.roles.${role}`) : role),
  admin: (admin, t) => (admin === 'true' ? t('admin.users.administrator') : ''),
  scopes: (scopes, t) => t(`accounts.tokens.may.${scopes.split(' ').includes('write') ? 'write' : 'read'}`),
  from: (from) => from,
  email: (email) => email,
  team: (team) => team,
  name: (name) => name,
};

function notesOf({ details }: AuditRecord, t: Translate): string[] {
  return Object.entries(details).flatMap(([key, value]) => {
    if (value === null) return [];
    const told = tellings[key]?.(String(value), t) ?? `${key}: ${String(value)}`;
    return told === '' ? [] : [told];
  });
}
