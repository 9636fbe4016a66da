import type { NamespaceProbe, PolicyAnswer } from "../../engines/admission/model.ts";

/** What there is of an application's namespace in which admission was tried. */
export interface AdmissionProbeFacts {
  /** Partial where an answer proves nothing. */
  readonly probe: NamespaceProbe;
}

/** What there is of a request that policies of the API server are about. */
export interface AdmissionPolicyFacts {
  /** Partial where one of them could not be evaluated. */
  readonly policies: PolicyAnswer & {
    /** `Pod shop/web` */
    readonly object: string;
  };
}
