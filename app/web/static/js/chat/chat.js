// The chat page comes alive: each module looks after one thing, and none needs another to work.
import { announceNews } from "./announce.js";
import { tendBox } from "./box.js";
import { tendCheck } from "./check.js";
import { runClock } from "./clock.js";
import { keepDrafts } from "./drafts.js";
import { lightEvidence } from "./evidence.js";
import { guideFocus } from "./focus.js";
import { sendForms } from "./forms.js";
import { listenToKeys } from "./keys.js";
import { follow } from "./stream.js";
import { lendVoice } from "./voice.js";
import { heedWishes } from "./wishes.js";

document.documentElement.classList.add("scripted");
heedWishes();
keepDrafts();
tendBox();
runClock();
lightEvidence();
tendCheck();
listenToKeys();
announceNews();
guideFocus();
sendForms();
lendVoice();
follow();
