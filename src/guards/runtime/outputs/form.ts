/** An alert as one place wants it: every text in it may be an attacker's, and is escaped for that place. */
import { alertJson, alertSlack, alertSyslog } from "../../../report/runtime/lines.ts";
import { renderAlert } from "../../../report/runtime/text.ts";
import type { AlertView } from "../../../report/runtime/view.ts";
import type { AlertForm, Page } from "./model.ts";

/** @returns without a line break at its end */
export function formed(form: AlertForm, alert: AlertView, page: Page): string {
  switch (form) {
    case "alerts":
      return alertJson(alert);
    case "syslog":
      return alertSyslog(alert);
    case "slack":
      return alertSlack(alert);
    default:
      return renderAlert(alert, { ...page, all: true }).replace(/\n$/, "");
  }
}
