/** The current page according to its markup: its positions and its rows. */
import type { Positions } from '../shared/events.ts';
import { dayIn } from '../shared/format.ts';
import { readServerTime, serverNow } from './clock.ts';
import { TaskList } from './list/task-list.ts';
import { readPositions, type PageContext } from './page.ts';
import { ListPositions } from './sync/positions.ts';
import { TaskRevisions } from './sync/revisions.ts';

export interface LivePage {
  main: HTMLElement;
  context: PageContext;
  positions: ListPositions;
  states: TaskRevisions;
  /** Only for the plain list: every other page is redrawn by the server. */
  list: TaskList | null;
  day: string;
  asking: boolean;
}

/** @param loadLater called when only the server knows what the list should show */
export function readLivePage(
  main: HTMLElement,
  context: PageContext,
  unknownLists: Set<string>,
  loadLater: () => void,
): LivePage {
  const positions = readPositions(main);
  readServerTime(main);
  const section = main.querySelector<HTMLElement>('[data-list-page][data-plain="true"]');
  return {
    main,
    context,
    positions: new ListPositions(positions, unknownLists),
    states: statesIn(main, positions),
    list: section && new TaskList(section, context, loadLater),
    day: dayIn(context.timeZone, serverNow()),
    asking: false,
  };
}

function statesIn(main: HTMLElement, positions: Positions): TaskRevisions {
  const states = new TaskRevisions();
  for (const { dataset } of main.querySelectorAll<HTMLElement>('[data-rows] > [data-task]')) {
    states.hold(Number(dataset.task), {
      listId: Number(dataset.list),
      revision: Number(dataset.revision),
      version: positions[dataset.list ?? '']?.version ?? 0,
    });
  }
  return states;
}
