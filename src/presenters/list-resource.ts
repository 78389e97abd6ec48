import type { SidebarFeed } from '../models/list/list.ts';

/** A feed as the API gives it. @param address of the API's paths, absolute */
export const presentFeed = (
  { id, name, epoch, version, open }: SidebarFeed,
  viewer: { feedId: number },
  address: (path: string) => string,
) => ({ id, url: address(`/feeds/${String(id)}`), name, personal: id === viewer.feedId, epoch, version, open });
