<?php
/**
 * The plugin's objects.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress;

use Platen\WordPress\Chat\ChatService;
use Platen\WordPress\Chat\PromptBuilder;
use Platen\WordPress\Chat\RateLimiter;
use Platen\WordPress\Contracts\Clock;
use Platen\WordPress\Conversations\ConversationRepository;
use Platen\WordPress\Conversations\MessageRepository;
use Platen\WordPress\Database\Connection;
use Platen\WordPress\Database\Migrations\V0001CreateJobs;
use Platen\WordPress\Database\Migrations\V0002CreateConversations;
use Platen\WordPress\Database\Migrations\V0003CreateWebhookEvents;
use Platen\WordPress\Database\Migrator;
use Platen\WordPress\Database\Schema;
use Platen\WordPress\Jobs\AnswerSanitizer;
use Platen\WordPress\Jobs\HandOff;
use Platen\WordPress\Jobs\JobRepository;
use Platen\WordPress\Jobs\JobService;
use Platen\WordPress\Jobs\JobStatistics;
use Platen\WordPress\Jobs\JobTransitions;
use Platen\WordPress\Jobs\Outbox;
use Platen\WordPress\Jobs\Reconciler;
use Platen\WordPress\Jobs\ResultWriter;
use Platen\WordPress\Jobs\StreamTokens;
use Platen\WordPress\Rest\ChatController;
use Platen\WordPress\Rest\ConversationsController;
use Platen\WordPress\Rest\JobsController;
use Platen\WordPress\Rest\Scope;
use Platen\WordPress\Rest\SessionController;
use Platen\WordPress\Rest\WebhookController;
use Platen\WordPress\Sessions\Callers;
use Platen\WordPress\Sessions\ClientAddress;
use Platen\WordPress\Sessions\SessionTokens;
use Platen\WordPress\Settings\Constants;
use Platen\WordPress\Settings\Secrets;
use Platen\WordPress\Settings\SettingsRepository;
use Platen\WordPress\Sidecar\SidecarGateway;
use Platen\WordPress\Trace\Timings;
use Platen\WordPress\Trace\TraceService;
use Platen\WordPress\Webhooks\ResultPuller;
use Platen\WordPress\Webhooks\WebhookEventRepository;
use Platen\WordPress\Webhooks\WebhookService;
use Platen\WordPress\Webhooks\WebhookVerifier;

/**
 * Builds the graph of objects by hand. Building is cheap and does nothing; the objects act when they are called.
 *
 * @since 0.1.0
 */
final class Services {

	/** The settings. */
	public readonly SettingsRepository $settings;
	/** The site's keys. */
	public readonly Secrets $secrets;
	/** Where a request's time goes. */
	public readonly Timings $timings;
	/** The tables' names. */
	public readonly Schema $schema;
	/** The tables' history. */
	public readonly Migrator $migrator;
	/** The daemon. */
	public readonly SidecarGateway $daemon;
	/** Finds jobs. */
	public readonly JobRepository $jobs;
	/** Counts jobs. */
	public readonly JobStatistics $statistics;
	/** Shows, cancels and retries jobs. */
	public readonly JobService $job_service;
	/** Jobs that wait for the daemon. */
	public readonly Outbox $outbox;
	/** Brings rows up to date. */
	public readonly Reconciler $reconciler;
	/** The replay store. */
	public readonly WebhookEventRepository $webhook_events;
	/** Fetches results. */
	public readonly ResultPuller $puller;
	/** The life of one request. */
	public readonly TraceService $trace;
	/** Gives events their effect. */
	private readonly WebhookService $webhooks;
	/** The way to the database. */
	private readonly Connection $db;
	/** Changes jobs. */
	private readonly JobTransitions $transitions;
	/** The turns of conversations. */
	private readonly MessageRepository $messages;
	/** Writes ends. */
	private readonly ResultWriter $results;
	/** Hands one job over. */
	private readonly HandOff $handoff;

	/**
	 * Builds what several parts share.
	 *
	 * @param \wpdb     $wpdb      WordPress's connection.
	 * @param Clock     $clock     The present.
	 * @param Constants $constants What `wp-config.php` and the environment fix.
	 */
	public function __construct(
		\wpdb $wpdb,
		public readonly Clock $clock = new SystemClock(),
		public readonly Constants $constants = new Constants()
	) {
		$this->settings       = new SettingsRepository( $constants );
		$this->secrets        = new Secrets( $constants );
		$this->timings        = new Timings();
		$this->schema         = new Schema( $wpdb );
		$this->migrator       = new Migrator(
			$this->schema,
			new V0001CreateJobs(),
			new V0002CreateConversations(),
			new V0003CreateWebhookEvents()
		);
		$this->db             = new Connection( $wpdb );
		$this->daemon         = new SidecarGateway( $this->settings, $this->timings );
		$this->jobs           = new JobRepository( $this->db, $this->schema );
		$this->transitions    = new JobTransitions( $this->db, $this->schema );
		$this->statistics     = new JobStatistics( $this->db, $this->schema );
		$this->messages       = new MessageRepository( $this->db, $this->schema );
		$this->results        = new ResultWriter( $this->db, $this->jobs, $this->transitions, $this->messages, new AnswerSanitizer(), $clock );
		$this->handoff        = new HandOff( $this->daemon, $this->transitions, $this->results, new AfterAnswer(), $clock );
		$this->outbox         = new Outbox( $this->jobs, $this->transitions, $this->handoff, $clock );
		$this->reconciler     = new Reconciler( $this->daemon, $this->jobs, $this->transitions, $this->results, $this->outbox, $clock );
		$this->job_service    = new JobService( $this->jobs, $this->transitions, $this->reconciler, $this->handoff, $this->daemon, $clock );
		$this->webhook_events = new WebhookEventRepository( $this->db, $this->schema, $clock );
		$this->webhooks       = new WebhookService( $this->db, $this->webhook_events, $this->jobs, $this->transitions, $this->results, $this->daemon, $clock );
		$this->puller         = new ResultPuller( $this->daemon, $this->webhooks );
		$this->trace          = new TraceService( $this->jobs, $this->daemon );
	}

	/**
	 * Builds the controllers of all routes.
	 *
	 * @param Scope $scope What belongs to one REST request.
	 * @return list<ChatController|JobsController|ConversationsController|SessionController|WebhookController>
	 */
	public function controllers( Scope $scope ): array {
		$tokens        = new SessionTokens( $this->settings, $this->secrets, $this->clock );
		$callers       = new Callers( $this->settings, $tokens );
		$address       = new ClientAddress();
		$streams       = new StreamTokens( $this->settings, $this->secrets, $this->clock );
		$limiter       = new RateLimiter( $this->daemon, $this->statistics, $this->settings, $this->clock );
		$conversations = new ConversationRepository( $this->db, $this->schema );
		$chat          = new ChatService(
			$this->settings,
			$this->db,
			$this->jobs,
			$conversations,
			$this->messages,
			$limiter,
			new PromptBuilder(),
			$this->handoff,
			$this->clock
		);

		return array(
			new ChatController( $callers, $address, $chat, $streams, $scope ),
			new JobsController( $callers, $address, $this->job_service, $limiter, $streams ),
			new ConversationsController( $callers, $conversations, $this->messages ),
			new SessionController( $callers, $address, $limiter, $tokens ),
			new WebhookController( new WebhookVerifier( $this->secrets, $this->clock ), $this->webhooks, $this->constants ),
		);
	}
}
