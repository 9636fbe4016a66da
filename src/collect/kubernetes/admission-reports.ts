/** What the admission guard reported to a cluster, of all its namespaces. */
import { counted } from "../../core/counted.ts";
import type { Gap } from "../../core/evidence.ts";
import { type AdmissionReport, readAdmissionReport } from "../../engines/admission/report-log.ts";
import { MANAGED_BY, reportForms } from "../../engines/admission/report-names.ts";
import { createClient } from "../../engines/kubernetes/cluster/client.ts";
import type { ClusterConnection } from "../../engines/kubernetes/cluster/connection.ts";
import { listAll } from "../../engines/kubernetes/cluster/pages.ts";
import { apiVersionOf, pathOf } from "../../engines/kubernetes/cluster/paths.ts";
import { bounds } from "./bounds.ts";

export interface AdmissionReports {
  readonly reports: readonly AdmissionReport[];
  readonly gaps: readonly Gap[];
}

/** Those of whichever forms are served. @throws Problem where nobody answers, or not to us */
export async function readAdmissionReports(connection: ClusterConnection): Promise<AdmissionReports> {
  const client = createClient(connection, { signal: AbortSignal.timeout(bounds.reportMilliseconds) });
  const reports: AdmissionReport[] = [];
  const gaps: Gap[] = [];
  let unread = 0;
  const gap = (reason: string) => void gaps.push({ code: "trace.reports", reason });
  try {
    for (const form of reportForms) {
      const { kind } = form;
      const listed = await listAll(client, pathOf(form), {
        ...{ apiVersion: apiVersionOf(form), kind: `${kind}List`, limit: bounds.reportPage, query: SELECTOR },
        item: (item) => item,
        most: bounds.reportBytes,
        objects: bounds.reports,
      });
      if (listed.outcome === "not-served") continue;
      if (listed.outcome === "forbidden") gap(`reports of admission (${kind}) may not be listed`);
      else if (listed.outcome === "failed") gap(`reports of admission (${kind}): ${listed.reason}`);
      else {
        if (listed.outcome === "partial") gap(`not all reports of admission (${kind}): ${listed.reason}`);
        for (const item of listed.items) {
          const report = readAdmissionReport(item);
          if (report === undefined) unread++;
          else reports.push(report);
        }
      }
    }
  } finally {
    client.close();
  }
  if (unread > 0) gap(`${counted(unread, "report")} of admission cannot be read`);
  return { reports, gaps };
}

const SELECTOR = `&labelSelector=${encodeURIComponent(`${MANAGED_BY.label}=${MANAGED_BY.value}`)}`;
