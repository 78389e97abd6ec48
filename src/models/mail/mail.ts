import {
  DataTypes,
  Model,
  type CreationOptional,
  type InferAttributes,
  type InferCreationAttributes,
  type Sequelize,
} from 'sequelize';

/**
 * A row of the mail queue. A worker holds a mail by a lease, so that no transaction waits for a mail server. Each mail
 * is sent once, unless the server's answer or its record is lost: then it is sent again, with the same Message-ID.
 */
export class Mail extends Model<InferAttributes<Mail>, InferCreationAttributes<Mail>> {
  declare id: CreationOptional<number>;
  declare recipient: string;
  declare subject: string;
  /** Cleared once the mail is sent, rejected or expired, since it holds secrets. */
  declare text: string | null;
  declare link: string | null;
  declare expiresAt: Date;
  declare attempts: CreationOptional<number>;
  declare nextAttemptAt: CreationOptional<Date>;
  declare claimedUntil: CreationOptional<Date | null>;
  declare sentAt: CreationOptional<Date | null>;
  /** The mail server's last error, or why it could not be reached. */
  declare lastError: CreationOptional<string | null>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;

  static define(sequelize: Sequelize): void {
    Mail.init(
      {
        id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
        recipient: { type: DataTypes.TEXT, allowNull: false },
        subject: { type: DataTypes.TEXT, allowNull: false },
        text: DataTypes.TEXT,
        link: DataTypes.TEXT,
        expiresAt: { type: DataTypes.DATE, allowNull: false },
        attempts: { type: DataTypes.INTEGER, defaultValue: 0 },
        nextAttemptAt: DataTypes.DATE,
        claimedUntil: DataTypes.DATE,
        sentAt: DataTypes.DATE,
        lastError: DataTypes.TEXT,
        createdAt: DataTypes.DATE,
        updatedAt: DataTypes.DATE,
      },
      { sequelize, tableName: 'mails' },
    );
  }

  /** Omits what it says. */
  override toJSON(): object {
    const { text: _, link: __, ...shown } = this.get({ plain: true });
    return shown;
  }
}
