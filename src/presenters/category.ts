import type { CategoryPayload } from '../shared/events.ts';

/** The fields of a category that leave the house, whatever else the row carries. */
export const presentCategory = ({ id, feedId, name, color }: CategoryPayload): CategoryPayload => ({
  id,
  feedId,
  name,
  color,
});
