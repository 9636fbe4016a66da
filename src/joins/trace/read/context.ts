/** What a trace is read by: what is not given, nobody looks at. */
import type { LogRecords } from "../../../collect/records/logs.ts";
import type { AdmissionDecision } from "../../../engines/admission/decision-log.ts";
import type { Learned } from "../../../engines/events/learn/model.ts";
import type { RegistryDecision } from "../../../engines/oci/distribution/decision-log.ts";
import type { OpenOptions } from "../../../engines/oci/open.ts";
import type { ScanContext } from "../../../scan/context.ts";
import type { OpenedTrust } from "../../../scan/trust.ts";
import type { ObservedBehavior } from "../model.ts";
import type { TracePlace } from "./places.ts";

export interface TraceContext {
  readonly trust: OpenedTrust;
  readonly scan: ScanContext & { readonly open: OpenOptions };
  /** What `runtime learn` wrote; absent: nobody looks. */
  readonly learned?: { readonly name: string; readonly learned: Learned };
  /** Whether another registry than the image's own is asked what the base is by now. */
  readonly asksElsewhere: boolean;
  /** Reads what the registry guard decided; absent: nobody looks. */
  readonly pushes?: (isWanted: (entry: RegistryDecision) => boolean) => Promise<LogRecords<RegistryDecision>>;
  /** Reads what admission decided; absent: nobody looks. */
  readonly admissions?: (isWanted: (entry: AdmissionDecision) => boolean) => Promise<LogRecords<AdmissionDecision>>;
  /** Reads what detectors told; absent: nobody looks. */
  readonly behavior?: () => Promise<ObservedBehavior>;
  /** Where it may run; absent: nobody looks. */
  readonly place?: TracePlace;
}
