/** Of what reads workloads: `--rotation`. */
export const ROTATION =
  "show what a new value of a Secret (NAMESPACE/NAME, or all) would restart, instead of the report";
