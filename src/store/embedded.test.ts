import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { keepsWhatItIsGiven } from "./contract.fixture.ts";
import type { Store } from "./model.ts";
import { openStore } from "./open.ts";

const folder = mkdtempSync(join(tmpdir(), "bulkhead-store-"));
let store: Store | undefined;

after(async () => {
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

keepsWhatItIsGiven(async () => {
  store = await openStore({ folder });
  return store;
});
