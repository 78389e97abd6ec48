import type { Role } from '../models/team/membership.ts';

/** May somebody in this role rename and delete the team, invite, remove members and change their roles? */
export const mayManage = (role: Role | null): boolean => role === 'owner';
