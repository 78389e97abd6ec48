import type { Response } from 'express';
import { translators } from '../locales/index.ts';
import type { MailContent } from '../models/mail/commands.ts';
import type { RegistrationMails } from '../models/user/pending-registrations.ts';
import type { Viewer } from '../database/visible-lists.ts';
import { locales, type Locale } from '../shared/limits.ts';

/** In the language of the invited account. */
export const invitationMail =
  (viewer: Viewer, team: string) =>
  (secret: string, locale: string): MailContent => {
    const t = translators[localeOf(locale)];
    const values = { name: isolate(viewer.name), email: isolate(viewer.email), team: isolate(team) };
    return {
      subject: t('mails.invitation.subject', values),
      text: t('mails.invitation.text', values),
      link: `/invitations/${secret}`,
    };
  };

/** Written in the page's language for an address without an account, so that it takes as long. */
export const resetMail =
  (res: Response) =>
  (secret: string, locale: string | null): MailContent => {
    const t = translators[locale === null ? res.locals.locale : localeOf(locale)];
    return { subject: t('mails.reset.subject'), text: t('mails.reset.text'), link: `/password-resets/${secret}` };
  };

/** To whoever has registered, and to whose address has an account already. */
export const registrationMails = (locale: Locale, next: string | null): RegistrationMails => ({
  confirm: (secret) => ({
    subject: translators[locale]('mails.registration.subject'),
    text: translators[locale]('mails.registration.text'),
    link: `/registrations/${secret}${next === null ? '' : `?next=${encodeURIComponent(next)}`}`,
  }),
  taken(its) {
    const t = translators[localeOf(its)];
    return { subject: t('mails.taken.subject'), text: t('mails.taken.text'), link: '/login' };
  },
});

/** To the new address, which becomes the account's when the link is confirmed. */
export const confirmationMail =
  ({ name, locale }: Viewer) =>
  (secret: string): MailContent => {
    const t = translators[localeOf(locale)];
    return {
      subject: t('mails.confirmation.subject'),
      text: t('mails.confirmation.text', { name: isolate(name) }),
      link: `/settings/email/${secret}`,
    };
  };

/** Notice to the old address. */
export const emailChangedMail =
  ({ name, locale }: Viewer) =>
  (email: string): MailContent => {
    const t = translators[localeOf(locale)];
    return {
      subject: t('mails.emailChanged.subject'),
      text: t('mails.emailChanged.text', { name: isolate(name), email: isolate(email) }),
    };
  };

/** Notice of a new API token to the account that has it. */
export const tokenMail = ({ name, locale }: { name: string; locale: string }, token: string): MailContent => {
  const t = translators[localeOf(locale)];
  return {
    subject: t('mails.token.subject'),
    text: t('mails.token.text', { name: isolate(name), token: isolate(token) }),
  };
};

const localeOf = (text: string): Locale => locales.find((locale) => locale === text) ?? 'en';

/** Unicode isolates, like `<bdi>`: people's text must not change the direction of the sentence around it. */
const isolate = (text: string): string => `\u2068${text}\u2069`;
