/** The bodies of the REST routes, as docs/protocol.md describes them. */

export type JobStatus =
	| 'queued'
	| 'running'
	| 'succeeded'
	| 'dead'
	| 'cancelled';

export interface Usage {
	input_tokens: number;
	cached_input_tokens: number;
	output_tokens: number;
	reasoning_tokens: number;
	cost_microusd: number;
	is_estimate: boolean;
}

export interface JobError {
	code: string;
	message: string;
}

export interface JobResult {
	text: string;
	finish_reason: string;
	model: string;
}

export interface Job {
	id: string;
	status: JobStatus;
	result: JobResult | null;
	usage: Usage | null;
	error: JobError | null;
	created_at: string;
	updated_at: string;
}

/** What WordPress answers when it has taken a question. */
export interface AcceptedJob {
	job_id: string;
	status: JobStatus;
	/** Path of the event stream with its one-time token; null while the daemon is away. */
	stream: string | null;
}

export interface AnonymousSession {
	session: string;
	expires_at: string;
}

export interface StoredMessage {
	id: string | number;
	role: 'user' | 'assistant';
	text: string;
	job_id: string | null;
	status: JobStatus | null;
	created_at: string;
}

export interface StoredConversation {
	id: string;
	messages: StoredMessage[];
}

/** `data` of the events of a stream. */
export interface DeltaEvent {
	text: string;
}

export interface DoneEvent {
	status: JobStatus;
	usage: Usage | null;
	error: JobError | null;
}

export function isFinal( status: JobStatus ): boolean {
	return (
		status === 'succeeded' || status === 'dead' || status === 'cancelled'
	);
}
