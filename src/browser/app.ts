/** The page's script: Turbo for navigation, live updates over a socket, and small behaviours. */
import '@hotwired/turbo';
import { startBackForward } from './behaviours/back-forward.ts';
import { startDrafts } from './behaviours/drafts.ts';
import { startMorphing } from './behaviours/morphing.ts';
import { startPlace } from './behaviours/place.ts';
import { startSubmitOnce } from './behaviours/submit-once.ts';
import { startTimeZone } from './behaviours/time-zone.ts';
import { startTitle } from './behaviours/title.ts';
import { startLive } from './live.ts';
import { startOutbox } from './outbox/index.ts';

startBackForward();
startOutbox();
startSubmitOnce();
startDrafts();
startMorphing();
startPlace();
startTimeZone();
startTitle();
startLive();
