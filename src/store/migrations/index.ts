import type { Migration } from "../migrate.ts";
import { registryTables } from "./0001-registry.ts";

/** In their order. One that was released is never changed: databases that have it do not run it again. */
export const migrations: readonly Migration[] = [registryTables];
