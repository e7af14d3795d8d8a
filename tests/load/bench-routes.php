<?php
/**
 * Plugin Name: Platen bench routes
 * Description: The routes that `tests/load/rest.mjs` compares a chat post with. Never part of the plugin.
 */

declare(strict_types=1);

add_action(
	'rest_api_init',
	static function (): void {
		$may_read = static fn(): bool => current_user_can( 'read' );

		register_rest_route(
			'bench/v1',
			'/empty',
			array(
				'methods'             => 'POST',
				'permission_callback' => $may_read,
				'callback'            => static fn(): WP_REST_Response => new WP_REST_Response( array( 'ok' => true ), 202 ),
			)
		);

		register_rest_route(
			'bench/v1',
			'/call-the-model',
			array(
				'methods'             => 'POST',
				'permission_callback' => $may_read,
				'callback'            => static function ( WP_REST_Request $request ) {
					$answer = wp_remote_post(
						get_option( 'bench_provider' ) . '/v1/chat/completions',
						array(
							'timeout' => 120,
							'headers' => array( 'Content-Type' => 'application/json' ),
							'body'    => (string) wp_json_encode(
								array(
									'model'    => 'fake-model',
									'messages' => array(
										array(
											'role'    => 'user',
											'content' => (string) $request['message'],
										),
									),
								)
							),
						)
					);
					return is_wp_error( $answer ) ? $answer : new WP_REST_Response( json_decode( wp_remote_retrieve_body( $answer ) ), 200 );
				},
			)
		);
	}
);
