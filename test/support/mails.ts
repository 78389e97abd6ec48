import { Mail } from '../../src/models/index.ts';

/** The most recent mail to an address. */
export const lastMailTo = (recipient: string): Promise<Mail> =>
  Mail.findOne({ where: { recipient }, order: [['id', 'DESC']], rejectOnEmpty: true });

/** The path of the link in the most recent mail. */
export async function linkTo(recipient: string): Promise<string> {
  const { link } = await lastMailTo(recipient);
  if (link === null) throw new Error(`the last mail to ${recipient} has no link`);
  return link;
}
