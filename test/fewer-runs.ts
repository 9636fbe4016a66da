/** For `make quick`: properties that do not say how often they are tried are tried less often than usual, as the others are. */
import fc from "fast-check";
import { runs } from "../src/core/runs.fixture.ts";

/** What the library does where nobody says. */
const USUAL = 100;

fc.configureGlobal(runs(USUAL));
