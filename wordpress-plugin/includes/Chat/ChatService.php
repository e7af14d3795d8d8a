<?php
/**
 * Asking.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Chat;

use Platen\Job\JobId;
use Platen\Job\JobStatus;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Contracts\Failure;
use Platen\WordPress\Conversations\ConversationRepository;
use Platen\WordPress\Conversations\Message;
use Platen\WordPress\Conversations\MessageRepository;
use Platen\WordPress\Conversations\Role;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Micros;
use Platen\WordPress\Database\StorageFailed;
use Platen\WordPress\Jobs\HandOff;
use Platen\WordPress\Jobs\HandOffOutcome;
use Platen\WordPress\Jobs\Job;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Settings\SettingsRepository;

/**
 * Turns a question into a job: written here first, handed to the daemon second, so that nothing asked is lost.
 *
 * @since 0.1.0
 */
final class ChatService {

	/** More turns than any model's budget holds in practice; bounds what one question reads. */
	private const MAX_TURNS = 200;

	/**
	 * Takes the parts.
	 *
	 * @param SettingsRepository     $settings      The settings.
	 * @param Connection             $db            The connection.
	 * @param JobRepository          $jobs          The jobs.
	 * @param ConversationRepository $conversations The conversations.
	 * @param MessageRepository      $messages      Their turns.
	 * @param RateLimiter            $limiter       Counts questions.
	 * @param PromptBuilder          $prompts       Builds prompts.
	 * @param HandOff                $handoff       Hands jobs over.
	 * @param Clock                  $clock         The present.
	 */
	public function __construct(
		private readonly SettingsRepository $settings,
		private readonly Connection $db,
		private readonly JobRepository $jobs,
		private readonly ConversationRepository $conversations,
		private readonly MessageRepository $messages,
		private readonly RateLimiter $limiter,
		private readonly PromptBuilder $prompts,
		private readonly HandOff $handoff,
		private readonly Clock $clock
	) {
	}

	/**
	 * Takes a question and gives the job that answers it, handed over or waiting in the outbox.
	 *
	 * @param Question $question The question.
	 * @throws Failure If it may not be asked.
	 * @throws StorageFailed If the database refuses; nothing was kept then.
	 */
	public function ask( Question $question ): Job {
		$earlier = $this->earlier_job( $question );
		if ( null !== $earlier ) {
			return $earlier;
		}

		$this->limiter->take_question( $question->owner, $question->client_hash );
		$history = $this->history( $question );
		$prompt  = $this->prompts->build( $history ?? array(), $question->message, $this->settings->get() );
		$job     = $this->new_job( $question, $prompt );
		if ( ! $this->store( $job, $question, $history ) ) {
			// The same key came twice at once; the other request handles it.
			return $this->earlier_job( $question ) ?? throw Failure::idempotency_conflict();
		}

		// What came of it is known without another query: this is the path that every visitor waits for.
		return match ( $this->handoff->send( $job ) ) {
			HandOffOutcome::Sent    => $job->as_handed_off( $this->clock->now() ),
			HandOffOutcome::Waiting => $job,
			default                 => $this->jobs->find( $job->id ) ?? $job,
		};
	}

	/**
	 * Finds the job that the same idempotency key made before.
	 *
	 * @param Question $question The question.
	 * @throws Failure If the key was used for another question.
	 * @throws StorageFailed If the database refuses.
	 */
	private function earlier_job( Question $question ): ?Job {
		$key = $question->row_key();
		$job = null === $key ? null : $this->jobs->find_by_idempotency_key( $key );
		if ( null === $job ) {
			return null;
		}
		$is_same = $job->conversation_id === $question->conversation_id
			&& $this->messages->question( $job->id ) === $question->message;

		return $is_same ? $job : throw Failure::idempotency_conflict();
	}

	/**
	 * Gives the conversation so far; null when this question begins it.
	 *
	 * @param Question $question The question.
	 * @return list<Message>|null
	 * @throws Failure If the conversation is somebody else's.
	 * @throws StorageFailed If the database refuses.
	 */
	private function history( Question $question ): ?array {
		$owner = $this->conversations->owner( $question->conversation_id );
		if ( null !== $owner && ! $owner->equals( $question->owner ) ) {
			throw Failure::conversation_not_found();
		}

		return null === $owner ? null : $this->messages->newest( $question->conversation_id, self::MAX_TURNS );
	}

	/**
	 * Builds the job. This request is the first to hand it over; the outbox takes it should the request die.
	 *
	 * @param Question $question The question.
	 * @param Prompt   $prompt   Its prompt.
	 */
	private function new_job( Question $question, Prompt $prompt ): Job {
		$now  = $this->clock->now();
		$id   = JobId::generate( intdiv( Micros::from( $now ), 1000 ) );
		$key  = $question->row_key() ?? $id->value;
		$spec = array(
			'id'              => $id->value,
			'idempotency_key' => $key,
			'request_id'      => $question->request_id->value,
			'traceparent'     => $question->traceparent,
			'prompt_hash'     => $prompt->hash,
			'subject'         => $question->owner->subject(),
			'conversation'    => $question->conversation_id,
			'created_at'      => Micros::to_rfc3339( $now ),
			'kind'            => 'chat',
			'payload'         => $prompt->payload,
		);

		return new Job(
			id: $id,
			conversation_id: $question->conversation_id,
			owner: $question->owner,
			client_hash: $question->client_hash,
			status: JobStatus::Queued,
			idempotency_key: $key,
			prompt_hash: $prompt->hash,
			request_id: $question->request_id->value,
			traceparent: $question->traceparent,
			model: $prompt->payload['model'],
			spec: (string) wp_json_encode( $spec, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
			created_at: $now,
			updated_at: $now,
			next_handoff_at: $now->modify( '+' . HandOff::LEASE_S . ' seconds' )
		);
	}

	/**
	 * Writes conversation, job and question in one transaction. False when the idempotency key is taken.
	 *
	 * @param Job                $job      The job.
	 * @param Question           $question The question.
	 * @param list<Message>|null $history  The conversation so far; null when this question begins it.
	 * @throws Failure If the conversation became somebody else's meanwhile.
	 * @throws StorageFailed If the database refuses.
	 */
	private function store( Job $job, Question $question, ?array $history ): bool {
		return $this->db->transaction(
			function () use ( $job, $question, $history ): bool {
				if ( null === $history ) {
					$this->conversations->open( $job->conversation_id, $job->owner, $job->created_at );
				}

				return $this->jobs->add( $job )
					&& $this->messages->add( $job->conversation_id, $job->id, Role::User, $question->message, $job->created_at );
			}
		);
	}
}
