/** May this person see everybody's account, disable and enable, make administrators and read the audit? */
export const mayAdminister = ({ admin }: { admin: boolean }): boolean => admin;
