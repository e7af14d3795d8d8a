<?php
/**
 * The words of the settings form.
 *
 * @package Platen
 */

declare(strict_types=1);

namespace Platen\WordPress\Settings;

/**
 * Names and explains every setting, in the order of the form.
 *
 * @since 0.1.0
 */
final class SettingsFields {

	/**
	 * Gives title and introduction of each section of the form.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, array{title: string, text: string}>
	 */
	public static function sections(): array {
		return array(
			'daemon' => array(
				'title' => __( 'Daemon', 'platen' ),
				'text'  => __( 'How this site reaches the daemon on the same machine. A constant in wp-config.php wins over what stands here.', 'platen' ),
			),
			'model'  => array(
				'title' => __( 'Model', 'platen' ),
				'text'  => __( 'What is asked of the model. Provider keys stay with the daemon and never come here.', 'platen' ),
			),
			'access' => array(
				'title' => __( 'Access and limits', 'platen' ),
				'text'  => __( 'Who may ask, and how often.', 'platen' ),
			),
			'data'   => array(
				'title' => __( 'Data', 'platen' ),
				'text'  => '',
			),
		);
	}

	/**
	 * Gives every field, by the setting's name.
	 *
	 * @since 0.1.0
	 *
	 * @return array<string, SettingsField>
	 */
	public static function all(): array {
		return self::daemon() + self::model() + self::access() + self::data();
	}

	/**
	 * The way to the daemon.
	 *
	 * @return array<string, SettingsField>
	 */
	private static function daemon(): array {
		return array(
			'socket'      => new SettingsField(
				'daemon',
				__( 'Socket', 'platen' ),
				__( 'Path of the Unix socket that the daemon listens on. Leave it empty for the one that php.ini names, or the default.', 'platen' ),
				__( 'a socket is an absolute path without spaces, of at most 107 characters.', 'platen' )
			),
			'site_id'     => new SettingsField(
				'daemon',
				__( 'Site id', 'platen' ),
				__( 'The name under which this site was added with “platend site add”.', 'platen' ),
				__( 'a site id is 1 to 64 of a-z, 0-9, “-”, “_” and “.”, beginning with a letter or digit.', 'platen' )
			),
			'deadline_ms' => new SettingsField(
				'daemon',
				__( 'Deadline', 'platen' ),
				__( 'How long a page may wait for the daemon. After that the question waits in the outbox and is handed over later.', 'platen' ),
				__( 'a deadline is 5 to 5000 milliseconds.', 'platen' ),
				__( 'milliseconds', 'platen' )
			),
			'stream_base' => new SettingsField(
				'daemon',
				__( 'Stream path', 'platen' ),
				__( 'The path of this site that the web server passes on to the daemon.', 'platen' ),
				__( 'a stream path begins with “/” and has letters, digits, “.”, “_” and “-” between its slashes.', 'platen' )
			),
		);
	}

	/**
	 * What is asked of the model.
	 *
	 * @return array<string, SettingsField>
	 */
	private static function model(): array {
		return array(
			'model'             => new SettingsField(
				'model',
				__( 'Model', 'platen' ),
				__( 'An alias from the daemon’s configuration, or a model that it allows. “default” leaves the choice to the daemon.', 'platen' ),
				__( 'a model is a name of 1 to 191 characters without spaces.', 'platen' )
			),
			'system_prompt'     => new SettingsField(
				'model',
				__( 'Instructions', 'platen' ),
				__( 'Stands before every conversation and tells the model who it speaks for. Visitors do not see it, but a model can be talked into repeating it: write nothing secret.', 'platen' ),
				__( 'instructions have at most 8000 characters.', 'platen' )
			),
			'max_output_tokens' => new SettingsField(
				'model',
				__( 'Longest answer', 'platen' ),
				__( 'The model stops here, even in the middle of a sentence.', 'platen' ),
				__( 'the longest answer is 1 to 200000 tokens, and less than the conversation budget.', 'platen' ),
				__( 'tokens', 'platen' )
			),
			'context_tokens'    => new SettingsField(
				'model',
				__( 'Conversation budget', 'platen' ),
				__( 'Instructions, conversation and answer together. Older turns are left out when they no longer fit.', 'platen' ),
				__( 'the budget is 256 to 2000000 tokens.', 'platen' ),
				__( 'tokens', 'platen' )
			),
		);
	}

	/**
	 * Who may ask, and how often.
	 *
	 * @return array<string, SettingsField>
	 */
	private static function access(): array {
		return array(
			'anonymous'            => new SettingsField(
				'access',
				__( 'Visitors', 'platen' ),
				__( 'Visitors without an account may ask. No cookie is set, so pages stay cacheable.', 'platen' )
			),
			'rate_limit'           => new SettingsField(
				'access',
				__( 'Questions per user', 'platen' ),
				__( 'A logged-in user may ask this often in one window.', 'platen' ),
				__( 'the number is 1 to 100000.', 'platen' ),
				__( 'questions', 'platen' )
			),
			'anonymous_rate_limit' => new SettingsField(
				'access',
				__( 'Questions per visitor', 'platen' ),
				__( 'A visitor without an account may ask this often in one window.', 'platen' ),
				__( 'the number is 1 to 100000.', 'platen' ),
				__( 'questions', 'platen' )
			),
			'rate_window_s'        => new SettingsField(
				'access',
				__( 'Window', 'platen' ),
				__( 'The time that both limits count in.', 'platen' ),
				__( 'the window is 1 to 86400 seconds.', 'platen' ),
				__( 'seconds', 'platen' )
			),
		);
	}

	/**
	 * What becomes of the data.
	 *
	 * @return array<string, SettingsField>
	 */
	private static function data(): array {
		return array(
			'remove_data' => new SettingsField(
				'data',
				__( 'Deleting the plugin', 'platen' ),
				__( 'Remove all data when the plugin is deleted: jobs, conversations and these settings. Otherwise they stay for the next installation.', 'platen' )
			),
		);
	}
}
