export { Alarms, type AlarmsOptions, type AlarmsProps } from './alarms.ts';
export type { EssentialName } from './essentials.ts';
export type { LabourerProps, LabourersProps, WorkerFunction } from './labourers.ts';
export { type MeasuresProps, Reeve, type ReeveProps } from './reeve.ts';
export type { RuleProps } from './schedules.ts';
export type { TableSettings } from './tables/table.ts';
export { type Reachable, type SoswTableNames, type StoreConfiguration, Tables, type TablesProps } from './tables/tables.ts';
export type { FunctionSettings, FunctionsSettings } from './works.ts';
