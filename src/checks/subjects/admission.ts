import type { NamespaceProbe } from "../../engines/admission/model.ts";

/** What there is of an application's namespace in which admission was tried. */
export interface AdmissionProbeFacts {
  /** Partial where an answer proves nothing. */
  readonly probe: NamespaceProbe;
}
