export { doctor } from './doctor.ts';
export type { ConfigTable, DoctorOptions, Essential } from './options.ts';
export type { Finding, Level } from './report/finding.ts';
export { printReport } from './report/print-report.ts';
export type { Count, DoctorReport, FirstRounds, LabourerRows, SettingFate } from './report/report.ts';
