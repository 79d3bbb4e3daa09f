db.orders.insertOne({ number: 1 });
