<?php
/**
 * The settings page, as prepared by SettingsPage::render().
 *
 * @package Platen
 *
 * @var \Platen\WordPress\Settings\ConnectionReport                                       $connection
 * @var array<string, array{state: \Platen\WordPress\Settings\SecretState, use: string}> $secrets
 * @var string                                                                            $setup_command
 * @var string|false                                                                      $native
 */

declare(strict_types=1);

use Platen\WordPress\Settings\SettingsOption;
use Platen\WordPress\Settings\SettingsPage;

defined( 'ABSPATH' ) || exit;

$platen_is_complete = array() === array_filter( $secrets, static fn ( array $secret ): bool => ! $secret['state']->is_set() );
?>
<div class="wrap platen">
	<h1><?php esc_html_e( 'Platen settings', 'platen' ); ?></h1>
	<?php settings_errors(); ?>

	<div class="platen-columns">
		<section class="platen-card platen-connection platen-connection--<?php echo $connection->is_good() ? 'good' : 'bad'; ?>" aria-labelledby="platen-connection-title">
			<h2 id="platen-connection-title"><?php esc_html_e( 'Connection', 'platen' ); ?></h2>
			<p class="platen-connection__headline" role="status">
				<span class="dashicons dashicons-<?php echo $connection->is_good() ? 'yes-alt' : 'warning'; ?>" aria-hidden="true"></span>
				<?php echo esc_html( $connection->headline() ); ?>
			</p>
			<p><?php echo esc_html( $connection->advice() ); ?></p>
			<?php if ( array() !== $connection->facts() ) : ?>
				<dl class="platen-facts">
					<?php foreach ( $connection->facts() as $platen_label => $platen_value ) : ?>
						<dt><?php echo esc_html( $platen_label ); ?></dt>
						<dd><?php echo esc_html( $platen_value ); ?></dd>
					<?php endforeach; ?>
				</dl>
			<?php endif; ?>
			<p><a class="button" href="<?php echo esc_url( SettingsPage::url() ); ?>"><?php esc_html_e( 'Test again', 'platen' ); ?></a></p>
		</section>

		<section class="platen-card" aria-labelledby="platen-secrets-title">
			<h2 id="platen-secrets-title"><?php esc_html_e( 'Secrets', 'platen' ); ?></h2>
			<p><?php esc_html_e( 'Secrets stand in wp-config.php or the environment. They are never stored in the database and never shown.', 'platen' ); ?></p>
			<dl class="platen-secrets">
				<?php foreach ( $secrets as $platen_name => $platen_secret ) : ?>
					<dt>
						<code><?php echo esc_html( $platen_name ); ?></code>
						<span class="platen-badge platen-badge--<?php echo $platen_secret['state']->is_set() ? 'succeeded' : 'dead'; ?>"><?php echo esc_html( $platen_secret['state']->label() ); ?></span>
					</dt>
					<dd><?php echo esc_html( $platen_secret['use'] ); ?></dd>
				<?php endforeach; ?>
			</dl>
			<?php if ( ! $platen_is_complete ) : ?>
				<p><?php esc_html_e( 'Run this on the server and copy the lines it prints into wp-config.php:', 'platen' ); ?></p>
				<pre class="platen-command"><code><?php echo esc_html( $setup_command ); ?></code></pre>
			<?php endif; ?>
			<p class="platen-native">
				<?php
				if ( false !== $native ) {
					/* translators: %s: A version number. */
					echo esc_html( sprintf( __( 'The PHP extension is loaded, version %s.', 'platen' ), $native ) );
				} else {
					esc_html_e( 'The PHP extension is not loaded. The same functions run in PHP: everything works, token counts are estimates.', 'platen' );
				}
				?>
			</p>
		</section>
	</div>

	<form method="post" action="options.php" class="platen-form">
		<?php
		settings_fields( SettingsOption::GROUP );
		do_settings_sections( SettingsPage::SLUG );
		submit_button();
		?>
	</form>
</div>
