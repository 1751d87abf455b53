import { parentPort, workerData } from 'node:worker_threads';
import { examine, type Patient } from './doctor.ts';
import type { Finding } from './finding.ts';

// The thread that `examineBeside` starts: a look at the registry reads every page of it in one statement.
const findings: Finding[] = [];
for await (const finding of examine(workerData as Patient)) findings.push(finding);
parentPort?.postMessage(findings);
