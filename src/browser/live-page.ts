/** The page that is shown, as its markup tells it: how far it has come, which rows it holds. */
import type { Positions } from '../shared/events.ts';
import { dayIn } from '../shared/format.ts';
import { TaskList } from './list/task-list.ts';
import { readPositions, type PageContext } from './page.ts';
import { ListPositions } from './sync/positions.ts';
import { TaskStates } from './sync/revisions.ts';

export interface LivePage {
  main: HTMLElement;
  context: PageContext;
  positions: ListPositions;
  states: TaskStates;
  /** Of the plain list only: every other page is drawn anew by the server. */
  list: TaskList | null;
  day: string;
  asking: boolean;
}

/** @param loadLater called when only the server can tell what the list shows now */
export function readLivePage(
  main: HTMLElement,
  context: PageContext,
  unknownLists: Set<string>,
  loadLater: () => void,
): LivePage {
  const positions = readPositions(main);
  const section = main.querySelector<HTMLElement>('[data-list-page][data-plain="true"]');
  return {
    main,
    context,
    positions: new ListPositions(positions, unknownLists),
    states: statesIn(main, positions),
    list: section && new TaskList(section, context, loadLater),
    day: dayIn(context.timeZone, new Date()),
    asking: false,
  };
}

function statesIn(main: HTMLElement, positions: Positions): TaskStates {
  const states = new TaskStates();
  for (const { dataset } of main.querySelectorAll<HTMLElement>('[data-rows] > [data-task]')) {
    states.hold(Number(dataset.task), {
      listId: Number(dataset.list),
      revision: Number(dataset.revision),
      version: positions[dataset.list ?? '']?.version ?? 0,
    });
  }
  return states;
}
