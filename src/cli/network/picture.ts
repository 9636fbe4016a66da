/** The picture of the network in a report's page. */

import type { Diagram } from "../../core/diagram.ts";
import { exposuresOf } from "../../engines/reachability/exposure/exposures.ts";
import { networkDiagram } from "../../report/network/diagram.ts";
import type { ScanContext } from "../../scan/context.ts";
import { viewOf } from "./view.ts";

type Told = Parameters<NonNullable<ScanContext["onNetwork"]>>[0];

/** None where there is nothing to show. */
export function pictureOf(told: Told): readonly Diagram[] {
  if (told === undefined) return [];
  return [networkDiagram(viewOf({ ...told, unread: [], notes: [] }, "", exposuresOf(told.network)))];
}
