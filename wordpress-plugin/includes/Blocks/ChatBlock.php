<?php
/**
 * The block `platen/chat`.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Blocks;

use Platen\WordPress\Contracts\Registrable;
use Platen\WordPress\Settings\SettingsRepository;

/**
 * Registers the block from its built folder and renders it.
 *
 * @since 0.1.0
 */
final class ChatBlock implements Registrable {

	public const NAME = 'platen/chat';

	/**
	 * The built block, from the plugin's root.
	 */
	private const FOLDER = '/build/blocks/chat';

	/**
	 * Takes what decides who may ask.
	 *
	 * @since 0.1.0
	 *
	 * @param SettingsRepository $settings The site's settings.
	 */
	public function __construct( private readonly SettingsRepository $settings ) {
	}

	/**
	 * {@inheritDoc}
	 */
	public function register(): void {
		add_action( 'init', array( $this, 'register_block' ) );
	}

	/**
	 * Registers the block type. A checkout that was not built yet has none.
	 *
	 * @since 0.1.0
	 */
	public function register_block(): void {
		$folder = self::folder();
		if ( is_readable( $folder . '/block.json' ) ) {
			register_block_type( $folder, array( 'render_callback' => array( $this, 'render' ) ) );
		}
	}

	/**
	 * Renders one chat.
	 *
	 * @since 0.1.0
	 *
	 * @param array<string, mixed> $attributes The block's attributes.
	 */
	public function render( array $attributes ): string {
		wp_interactivity_config( self::NAME, $this->config() );
		$view = $this->view( $attributes );

		ob_start();
		require self::folder() . '/render.php';

		return (string) ob_get_clean();
	}

	/**
	 * Prepares what the template prints.
	 *
	 * @param array<string, mixed> $attributes The block's attributes.
	 */
	private function view( array $attributes ): ChatView {
		$id = wp_unique_prefixed_id( 'platen-chat-' );

		return new ChatView(
			id: $id,
			wrapper_attributes: get_block_wrapper_attributes(),
			context: self::first_context( $id ),
			heading: self::text( $attributes, 'heading', __( 'Ask us anything', 'platen' ) ),
			greeting: self::text( $attributes, 'greeting', __( 'Hello! How can I help you?', 'platen' ) ),
			placeholder: self::text( $attributes, 'placeholder', __( 'Write your question…', 'platen' ) ),
			is_open: is_user_logged_in() ? current_user_can( 'read' ) : $this->settings->get()->anonymous,
			login_url: wp_login_url( (string) get_permalink() )
		);
	}

	/**
	 * Gives what the script needs to know.
	 *
	 * A nonce belongs to one user and one day, and a page for visitors is cached for all of them: it is
	 * given to logged-in users only, whose pages no cache keeps.
	 *
	 * @return array<string, mixed>
	 */
	private function config(): array {
		$config = array(
			'root'  => untrailingslashit( rest_url( 'ai/v1' ) ),
			'texts' => ChatTexts::all(),
		);
		if ( is_user_logged_in() ) {
			$config['user'] = array(
				'id'       => get_current_user_id(),
				'nonce'    => wp_create_nonce( 'wp_rest' ),
				'nonceUrl' => admin_url( 'admin-ajax.php?action=rest-nonce' ),
			);
		}

		return $config;
	}

	/**
	 * Gives the state a chat begins in, by the names `view.ts` declares.
	 *
	 * @param string $id Unique on the page.
	 *
	 * @return array<string, mixed>
	 */
	private static function first_context( string $id ): array {
		return array(
			'instance'      => $id,
			'turns'         => array(),
			'phase'         => 'idle',
			'isQueued'      => false,
			'isInterrupted' => false,
			'hasDraft'      => false,
			'canTryAgain'   => false,
			'failureText'   => '',
			'waitText'      => '',
			'announcement'  => '',
		);
	}

	/**
	 * Gives a text attribute, or its default when the author left it empty.
	 *
	 * @param array<string, mixed> $attributes The block's attributes.
	 * @param string               $name       The attribute.
	 * @param string               $fallback   The default.
	 */
	private static function text( array $attributes, string $name, string $fallback ): string {
		$text = $attributes[ $name ] ?? '';

		return is_string( $text ) && '' !== trim( $text ) ? $text : $fallback;
	}

	/**
	 * Gives the path of the built block.
	 */
	private static function folder(): string {
		return dirname( __DIR__, 2 ) . self::FOLDER;
	}
}
